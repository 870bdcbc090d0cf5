import HTTPTypes
import Imports

extension Problem {
    init(_ error: ImportError) {
        switch error {
        // The connection is closed too, so that the refused file need not be read.
        case .tenantIsBusy(let limit):
            self = Problem(
                .importsRunning, "\(limit) imports of this tenant run already; try again."
            )
            .with(.retryAfter, "5").with(.connection, "close")
        case .noRoom:
            self = Problem(
                .busy, "There is no room for another import just now; try again."
            )
            .with(.retryAfter, "5").with(.connection, "close")
        case .begunTooOften(let times):
            self.init(.conflict, "This import was begun \(times) times; use another key.")
        case .refused(let error): self.init(error)
        }
    }
}
