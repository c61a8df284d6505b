// A conversation, live: what is said comes in, what was said before comes while scrolling up, files go out.

import { announce, elements, fetchPiece, localTimes, token } from "./console.js";

const list = document.getElementById("list");
const messages = document.getElementById("messages");
const composer = document.getElementById("composer");
const conversation = messages?.dataset.conversation;
const $ = (id) => document.getElementById(id);

// ---- The list beside the conversation: fetched again when something happened, once a second at the most.

let stale = 0;
function listIsStale() {
  if (!list?.dataset.from || stale) return;
  stale = setTimeout(async () => {
    stale = 0;
    const { ok, html } = await fetchPiece(list.dataset.from).catch(() => ({ ok: false }));
    if (!ok) return;
    const focused = document.activeElement?.closest?.("#list a")?.getAttribute("href");
    list.replaceChildren(...elements(html));
    localTimes(list);
    if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }, 1000);
}

// ---- Messages.

const atEnd = () => messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
const toEnd = () => { messages.scrollTop = messages.scrollHeight; };

function add(html) {
  const follow = atEnd();
  for (const element of elements(html)) {
    $("silence")?.remove();
    const known = $(element.id);
    if (known) known.replaceWith(element);
    else messages.append(element);
    localTimes(element);
    awaken(element);
  }
  mark();  // makes it longer
  if (follow) toEnd();
}

// What is above comes before it is needed, and what is looked at stays where it is.
let fetching = false;
async function older() {
  const place = messages.querySelector(".older");
  if (!place || fetching) return;
  fetching = true;
  try {
    const { ok, html } = await fetchPiece(place.querySelector("a").href);
    if (!ok) return;
    const fresh = elements(html);
    for (const element of fresh) { localTimes(element); awaken(element); }
    const below = messages.scrollHeight - messages.scrollTop;
    place.replaceWith(...fresh);
    messages.scrollTop = messages.scrollHeight - below;
    mark();
  } finally {
    fetching = false;
  }
  watchOlder();
}
const seen = new IntersectionObserver((entries) => {
  if (entries.some((each) => each.isIntersecting)) older();
}, { root: messages, rootMargin: "600px 0px 0px 0px" });
function watchOlder() {
  seen.disconnect();
  const place = messages.querySelector(".older");
  if (place) seen.observe(place);
}

// ---- Who has read what: under the last message of ours that each of them has read.

const people = () => [...document.querySelectorAll("#panel [data-user]")];
function mark() {
  messages.querySelectorAll(".read").forEach((each) => each.remove());
  const under = new Map();
  for (const person of people().filter((each) => each.dataset.readAt)) {
    const until = new Date(person.dataset.readAt);
    const last = [...messages.querySelectorAll(".message.business")].filter((each) => new Date(each.dataset.at) <= until).at(-1);
    if (last) under.set(last, [...(under.get(last) ?? []), person.dataset.name]);
  }
  for (const [message, names] of under) {
    const line = document.createElement("p");
    line.className = "read soft small";
    line.textContent = `Read by ${names.join(", ")}`;
    message.append(line);
  }
}

let told = "";
async function tellRead() {
  const last = [...messages.querySelectorAll(".message.user")].at(-1)?.dataset.id ?? "";
  if (document.hidden || !document.hasFocus() || !last || last === told || !atEnd()) return;
  told = last;
  await fetchPiece(messages.dataset.read, { body: new FormData() }).catch(() => {});
  listIsStale();
}

// ---- Who is writing.

const writing = new Map();
function typing(user, on) {
  clearTimeout(writing.get(user));
  if (on) writing.set(user, setTimeout(() => typing(user, false), 10000));
  else writing.delete(user);
  const names = [...writing.keys()].map((id) => people().find((each) => each.dataset.user === id)?.dataset.name ?? "Somebody");
  $("typing").textContent = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} writing…` : "";
}

// ---- The stream. A page that nobody looks at lets go of it, and goes on from its last token.

let stream = null;
let last = "";
const where = document.querySelector("[data-live]")?.dataset.live;
function connect() {
  if (stream || document.hidden || !where) return;
  stream = new EventSource(last ? `${where}?after=${encodeURIComponent(last)}` : where);
  const on = (name, act) => stream.addEventListener(name, (event) => {
    last = event.lastEventId || last;
    act(JSON.parse(event.data));
  });
  on("beat", () => {});
  on("message", (said) => {
    if (said.conversation === conversation && said.html && !messages.querySelector(".newer")) {
      typing(said.user, false);
      add(said.html);
      if (said.by === "user") announce(`${said.who} wrote`);
      tellRead();
    }
    listIsStale();
  });
  on("typing", (said) => { if (said.conversation === conversation && said.by === "user") typing(said.user, said.on); });
  on("read", (said) => {
    if (said.conversation === conversation) {
      const person = people().find((each) => each.dataset.user === said.user);
      if (person) { person.dataset.readAt = said.at; mark(); }
    }
    listIsStale();
  });
  on("change", (said) => {
    if (said.conversation === conversation) refreshPanel();
    listIsStale();
  });
  stream.onopen = () => document.documentElement.setAttribute("data-connected", "");
  stream.onerror = () => {
    document.documentElement.removeAttribute("data-connected");
    if (stream?.readyState === EventSource.CLOSED) { disconnect(); setTimeout(comeBack, 3000); }
  };
}
// A stream that is refused does not say why: who is signed out is told so, and asks no more.
async function comeBack() {
  const { status, html } = await fetchPiece(list?.dataset.from ?? location.pathname).catch(() => ({}));
  if (status !== 401) connect();
  else if (composer) refused(html);
  else location.reload();
}
function disconnect() {
  stream?.close();
  stream = null;
}
async function refreshPanel() {
  const panel = $("panel");
  if (!panel || panel.contains(document.activeElement)) return;
  const { ok, html } = await fetchPiece(`${location.pathname}/panel`).catch(() => ({ ok: false }));
  if (ok) { panel.replaceChildren(...elements(html)); localTimes(panel); mark(); }
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) disconnect();
  else { connect(); if (messages) tellRead(); }
});

// ---- Writing.

function refused(html) {
  $("refused").replaceChildren(...elements(html));
}

async function send(event) {
  event.preventDefault();
  const button = composer.querySelector("button.main");
  if (button.disabled) return;
  if (composer.querySelector(".going")) { refused('<p class="told">A file is still on its way.</p>'); return; }
  button.disabled = true;
  try {
    const { ok, html, headers } = await fetchPiece(composer.action, { body: new FormData(composer) });
    if (!ok) {
      const sent = Number(headers.get("x-sent"));
      [...composer.querySelectorAll("#files figure")].slice(0, sent).forEach((each) => each.remove());
      refused(html);
      return;
    }
    if (messages.querySelector(".newer")) { location.assign(location.pathname); return; }
    add(html);
    toEnd();
    const voice = $("voice").value, markdown = $("markdown").checked;
    composer.reset();
    $("voice").value = voice;
    $("markdown").checked = markdown;
    $("files").replaceChildren();
    $("preview").hidden = true;
    composer.querySelector(".replies").open = false;
    refused("");
    stopTyping();
    listIsStale();
  } catch {
    refused('<p class="told bad">The server could not be reached. What you wrote is still here.</p>');
  } finally {
    button.disabled = false;
    $("words").focus();
  }
}

let typed = 0;
let idle = 0;
function isTyping() {
  if ($("voice").value) return;
  clearTimeout(idle);
  idle = setTimeout(stopTyping, 5000);
  if (Date.now() - typed < 5000) return;
  typed = Date.now();
  tellTyping("start");
}
function stopTyping() {
  clearTimeout(idle);
  if (!typed) return;
  typed = 0;
  tellTyping("stop");
}
function tellTyping(what) {
  const body = new FormData();
  body.set("what", what);
  fetchPiece(composer.dataset.typing, { body }).catch(() => {});
}

// ---- Files.

function attach(files) {
  for (const file of files) upload(file);
}
function upload(file) {
  const figure = document.createElement("figure");
  figure.className = "going";
  const name = document.createElement("figcaption");
  name.className = "cut";
  name.textContent = file.name || "pasted picture";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${name.textContent}`);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "quiet";
  cancel.textContent = "×";
  cancel.setAttribute("aria-label", `Cancel ${name.textContent}`);
  figure.append(name, bar, cancel);
  $("files").append(figure);
  const request = new XMLHttpRequest();  // fetch does not tell how far an upload is
  request.open("POST", composer.dataset.files);
  request.setRequestHeader("x-requested-with", "console");
  request.setRequestHeader("x-token", token);
  request.setRequestHeader("x-file-name", encodeURIComponent(file.name || `pasted.${(file.type.split("/")[1] || "bin").split("+")[0]}`));
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  request.onload = () => {
    if (request.status === 201) {
      figure.replaceWith(...elements(request.responseText));
      announce(`${name.textContent} is ready to be sent`);
    } else {
      figure.remove();
      refused(request.responseText);
    }
  };
  request.onerror = () => {
    figure.remove();
    refused('<p class="told bad">The file could not be sent: the server could not be reached.</p>');
  };
  cancel.onclick = () => { request.abort(); figure.remove(); $("words").focus(); };
  request.send(file);
}

function prepareComposer() {
  composer.addEventListener("submit", send);
  $("words").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) composer.requestSubmit();
  });
  $("words").addEventListener("input", isTyping);
  $("words").addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) { event.preventDefault(); attach(event.clipboardData.files); }
  });
  $("attach").onclick = () => $("file").click();
  $("file").onchange = () => { attach($("file").files); $("file").value = ""; };
  composer.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    const figure = button.closest("figure"), body = new FormData();
    body.set("file", figure.querySelector("input").value);
    figure.remove();
    await fetchPiece(`${composer.dataset.files}/drop`, { body }).catch(() => {});
  });
  const chat = composer.closest(".chat");
  chat.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); chat.classList.add("over-it"); }
  });
  chat.addEventListener("dragleave", (event) => { if (!chat.contains(event.relatedTarget)) chat.classList.remove("over-it"); });
  chat.addEventListener("drop", (event) => {
    chat.classList.remove("over-it");
    if (event.dataTransfer.files.length) { event.preventDefault(); attach(event.dataTransfer.files); }
  });
  const peek = $("show-preview"), markdown = $("markdown");
  const peekable = () => { peek.hidden = !markdown.checked; if (!markdown.checked) $("preview").hidden = true; };
  markdown.onchange = peekable;
  peekable();
  peek.onclick = async () => {
    const body = new FormData();
    body.set("words", $("words").value);
    const { ok, html } = await fetchPiece(composer.dataset.preview, { body }).catch(() => ({ ok: false }));
    if (ok) { $("preview").replaceChildren(...elements(html)); $("preview").hidden = false; }
  };
  $("voice").onchange = () => messages.querySelectorAll("[data-press]").forEach(pressable);
}

// Buttons of messages are the user's to press; who tests speaks for them.
function pressable(button) {
  const asUser = Boolean($("voice").value);
  button.disabled = !asUser;
  button.title = asUser ? "" : "The user can press this. Choose to speak as the user to try it";
}
function awaken(within) {
  within.querySelectorAll("[data-press]").forEach(pressable);
}
async function press(button) {
  const body = new FormData();
  body.set("kind", button.dataset.press);
  body.set("text", button.dataset.text);
  body.set("payload", button.dataset.payload);
  body.set("message", button.closest("[data-id]").dataset.id);
  body.set("voice", $("voice").value);
  const { ok, html } = await fetchPiece(composer.dataset.press, { body }).catch(() => ({ ok: false, html: "" }));
  if (!ok) refused(html);
  else { add(html); announce("Pressed"); }
}

if (messages) {
  messages.addEventListener("click", (event) => {
    const button = event.target.closest("[data-press]");
    if (button) press(button);
  });
  messages.addEventListener("submit", async (event) => {
    if (!event.target.matches(".delete") || event.defaultPrevented) return;
    event.preventDefault();
    const { ok, html } = await fetchPiece(event.target.action, { body: new FormData() });
    if (ok) event.target.closest("li").remove();
    else refused(html);
    listIsStale();
  });
  messages.addEventListener("scroll", () => { if (atEnd()) tellRead(); }, { passive: true });
  prepareComposer();
  awaken(messages);
  mark();
  const found = $(location.hash.slice(1));
  if (found) {
    found.scrollIntoView({ block: "center" });
    found.classList.add("found");
  } else toEnd();
  watchOlder();
  window.addEventListener("focus", tellRead);
  tellRead();
  $("about").onclick = () => {
    const open = document.body.classList.toggle("with-panel");
    $("about").setAttribute("aria-expanded", String(open));
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || $("ask").open || !document.body.classList.contains("with-panel")) return;
    $("about").click();
    $("about").focus();
  });
}
connect();
