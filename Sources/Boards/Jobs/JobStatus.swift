import StrictJSON

/// The state of a job. The last three are final.
public enum JobStatus: String, Sendable, CaseIterable {
    case queued, processing, completed, failed, cancelled

    public var isFinal: Bool {
        switch self {
        case .queued, .processing: false
        case .completed, .failed, .cancelled: true
        }
    }
}

extension JSONSchema {
    static let jobStatus = oneOf(JobStatus.allCases.map(\.rawValue))
}
