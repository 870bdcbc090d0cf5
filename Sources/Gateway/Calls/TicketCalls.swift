import Events
import HTTPTypes
import Hummingbird
import StrictJSON
import Text

/// `POST /sse/ticket` (Bearer): makes a ticket, which replaces a token in one URL, once.
struct TicketCalls {
    let authenticator: Authenticator

    var all: [Call] {
        [
            Call(
                "tickets.create", .post, "/sse/ticket", .token,
                "Makes a ticket, which opens one stream without a token.",
                answers: [.json(.ticket)], refusals: [.serviceUnavailable], make)
        ]
    }

    /// → 200 `{ticket, expiresIn}`, `expiresIn` in seconds; 503 when too many tickets are unused.
    @Sendable func make(_ input: CallInput, in context: TenantContext) async throws -> Response {
        let made: String?
        do throws(StoreFailure) { made = try await authenticator.makeTicket(for: context.principal) } catch {
            throw Problem(error)
        }
        guard let ticket = made else {
            throw Problem(.ticketsFull, "Too many tickets are unused; try again.")
                .with(.retryAfter, String(TicketShelf.lifetime.wholeSeconds))
        }
        var json = JSONWriter(reserving: 96)
        json.object {
            $0.name("ticket"); $0.string(ticket)
            $0.name("expiresIn"); $0.int(TicketShelf.lifetime.wholeSeconds)
        }
        return .json(json.bytes)
    }
}

extension JSONSchema {
    fileprivate static let ticket = object([
        .required("ticket", .text()), .required("expiresIn", integer(from: 1).described("Seconds.")),
    ]).named("Ticket")
}
