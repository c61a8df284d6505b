"""Testing. Ours: steering a server that was started for tests."""

from __future__ import annotations

from ..wire import (
    AppAndKeyBody,
    AppAndKeyResponse,
    ClockMove,
    ClockResponse,
    Fault,
    FaultListResponse,
    FaultResponse,
    Forbidden,
    NotFound,
    SettleBody,
    SettleResponse,
    SnapshotResponse,
)
from ._callers import C_co, Resource
from ._operation import DELETE, GET, OPEN, POST

PATH = "/parhelion/v1/testing"
PAGES = (Forbidden,)  # who may not ask: web pages


class Testing(Resource[C_co]):
    """What tests ask of a server that runs for them alone. Only one that was started with `--testing` answers: any
    other says `not_found`.

    No credentials are asked for. A request that a web page sends (one with an `Origin` header) is refused, so that no
    page can reset a server on the machine that shows it.
    """

    __test__ = False  # not a suite of pytest's, whatever its name begins with

    @POST("CreateAppWithKey", PATH + "/apps", status=201, scopes=OPEN, errors=PAGES)
    def create_app(self, body: AppAndKeyBody | None = None) -> AppAndKeyResponse:
        """Create an app and a key for it: the way into an empty server, for a suite in any language.

        Limits: a name of 1 to 100 characters. Errors: `BadRequest`, `Forbidden` for a web page.

            made = client.testing.create_app()
            print(made.app.id, made.key.id, made.key.secret)

        Source: ours.
        """
        ...

    @GET("GetClock", PATH + "/clock", scopes=OPEN, errors=PAGES)
    def get_clock(self) -> ClockResponse:
        """What the server takes for the time, and whether it stands still.

        Errors: `Forbidden` for a web page.

            print(client.testing.get_clock().clock.now)

        Source: ours.
        """
        ...

    @POST("MoveClock", PATH + "/clock", scopes=OPEN, errors=PAGES)
    def move_clock(self, body: ClockMove) -> ClockResponse:
        """Move the clock that all of the server goes by, stop it, or let it run on.

        `to` sets it, backwards too; `advance` moves it on by so many seconds; `frozen` stops it there or lets it run
        from there. Tokens, OAuth codes and Idempotency-Keys expire by it; retention and the keeping of events are done
        before the answer, and deliveries that became due are begun: `settle` waits for their end. The waits between
        the attempts at a delivery are 7, 28, 112 and 448 seconds here, without the chance that other servers add.

        Time that a connection takes is real: a delay, a timeout, the heartbeats of a stream.

        Limits: the years 2000 to 2099. Errors: `BadRequest`, `Forbidden` for a web page.

            client.testing.move_clock(ClockMove(advance=7))

        Source: ours.
        """
        ...

    @GET("ListFaults", PATH + "/faults", scopes=OPEN, errors=PAGES)
    def list_faults(self) -> FaultListResponse:
        """Every rule of faults, in the order in which they are tried, with how often each has struck.

        Errors: `Forbidden` for a web page.

            for fault in client.testing.list_faults().faults:
                print(fault.operation, fault.seen)

        Source: ours.
        """
        ...

    @POST("AddFault", PATH + "/faults", status=201, scopes=OPEN, errors=PAGES)
    def add_fault(self, body: Fault) -> FaultResponse:
        """Let requests go wrong: some or all, always or now and then, with an error, with none at all, or late.

        Rules are tried in the order in which they were added, before credentials are looked at, and the first that
        strikes is the only one. What asks for `drop="after"` is done and committed, and its answer is lost. Controls
        are never struck, and neither are /openapi.json and /docs; fetching a file is "FetchAttachment". What webhooks
        are sent is not a request to this server: let their receiver answer with an error.

        Limits: 100 rules; a delay of 60 seconds. Errors: `BadRequest` for a rule that could do nothing, names an
        operation that there is not, or says two things at once; `Forbidden` for a web page.

            client.testing.add_fault(Fault(operation="PostMessage", status=503, times=2))
            client.testing.add_fault(Fault(drop="after", probability=0.1, seed=1))

        Source: ours.
        """
        ...

    @DELETE("RemoveFault", PATH + "/faults/{fault_id}", scopes=OPEN, errors=(*PAGES, NotFound))
    def remove_fault(self, fault_id: str) -> None:
        """Take one rule of faults away. What it struck before is not undone: who waits goes on waiting.

        Errors: `NotFound` when there is no such rule, `Forbidden` for a web page.

            client.testing.remove_fault(fault_id)

        Source: ours.
        """
        ...

    @DELETE("ClearFaults", PATH + "/faults", scopes=OPEN, errors=PAGES)
    def clear_faults(self) -> None:
        """Take every rule of faults away.

        Errors: `Forbidden` for a web page.

            client.testing.clear_faults()

        Source: ours.
        """
        ...

    @POST("TakeSnapshot", PATH + "/snapshots", status=201, scopes=OPEN, errors=PAGES)
    def take_snapshot(self) -> SnapshotResponse:
        """Keep what the server holds at this moment: apps, keys, messages, files, what webhooks are still to be sent,
        faults, and how the clock is set. It can be restored as often as wanted, until the server is reset.

        Limits: 100 snapshots. Errors: `BadRequest` when there are as many already, `Forbidden` for a web page.

            snapshot = client.testing.take_snapshot().snapshot

        Source: ours.
        """
        ...

    @POST("RestoreSnapshot", PATH + "/snapshots/{snapshot_id}/restore", scopes=OPEN, errors=(*PAGES, NotFound))
    def restore_snapshot(self, snapshot_id: str) -> None:
        """Go back to a snapshot. All that happened since is gone: no webhook of it is sent any more, and streams end.

        Keys that were there then work again, with the same secrets. Other snapshots stay, later ones too.

        Errors: `NotFound` when there is no such snapshot, `Forbidden` for a web page.

            client.testing.restore_snapshot(snapshot.id)

        Source: ours.
        """
        ...

    @POST("Reset", PATH + "/reset", scopes=OPEN, errors=PAGES)
    def reset(self) -> None:
        """Begin anew, with nothing: apps, keys, messages, files, faults and snapshots are gone, and the clock is real.

        No webhook of before is sent any more, and streams end. A request that is under way is answered by what was
        there before.

        Errors: `Forbidden` for a web page.

            client.testing.reset()

        Source: ours.
        """
        ...

    @POST("Settle", PATH + "/settle", scopes=OPEN, errors=PAGES)
    def settle(self, body: SettleBody | None = None) -> SettleResponse:
        """Wait until no delivery is due or under way, and nothing is left to sweep. What waits for a later attempt is
        not due: move the clock.

        Limits: 5 seconds, or `timeout` up to 60; then `settled` is False. Errors: `BadRequest`, `Forbidden` for a web
        page.

            assert client.testing.settle().settled

        Source: ours.
        """
        ...
