// What all pages need: pieces of HTML that the server made are put where they belong; questions before something goes.
//
//   <button data-ask="Delete it?">           asks first
//   <section data-again="2" data-from="...">  is fetched again every so many seconds, as long as somebody looks

export const token = document.documentElement.dataset.token ?? "";

// Ask the server for a piece, or tell it something. Answers {ok, status, html}.
export async function fetchPiece(address, { body, signal } = {}) {
  const headers = { "x-requested-with": "console" };
  if (body) body.set("token", token);
  const response = await fetch(address, {
    method: body ? "POST" : "GET",
    headers,
    body: body && new URLSearchParams(body),
    signal,
  });
  return { ok: response.ok, status: response.status, html: await response.text(), headers: response.headers };
}

// The elements that some HTML of ours means. It comes from our server, where all that people wrote is escaped.
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.children];
}

export function ask(question) {
  const dialog = document.getElementById("ask");
  dialog.querySelector("#question").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

export function announce(words) {
  let place = document.getElementById("announce");
  if (!place) {
    place = document.createElement("div");
    place.id = "announce";
    place.className = "seen";
    place.setAttribute("aria-live", "polite");
    document.body.append(place);
  }
  place.textContent = words;
}

// Times are shown as they are where the reader is.
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const all = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

export function localTimes(within) {
  for (const time of within.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    const today = moment.toDateString() === new Date().toDateString();
    time.textContent = today ? clock.format(moment) : `${day.format(moment)}, ${clock.format(moment)}`;
    time.title = all.format(moment);
  }
}

// Not while somebody is in it with the keyboard: what they were at would be gone.
async function refresh(section) {
  if (document.hidden || section.contains(document.activeElement)) return;
  const { ok, html } = await fetchPiece(section.dataset.from);
  if (!ok || html === section.lastPiece) return;
  section.lastPiece = html;
  section.replaceChildren(...elements(html));
  localTimes(section);
}

function keepFresh(section) {
  const again = async () => {
    try {
      await refresh(section);
    } catch {
      // The server is away for a moment: the next time will tell.
    }
    setTimeout(again, 1000 * Number(section.dataset.again));
  };
  setTimeout(again, 1000 * Number(section.dataset.again));
}

document.addEventListener("submit", async (event) => {
  const form = event.target, question = event.submitter?.dataset.ask;
  if (!question || form.elements.agreed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(question))) return;
  const agreed = document.createElement("input");
  Object.assign(agreed, { type: "hidden", name: "agreed", value: "yes" });
  form.append(agreed);
  form.requestSubmit(event.submitter);
}, { capture: true });

localTimes(document);
document.querySelectorAll("[data-again]").forEach(keepFresh);
