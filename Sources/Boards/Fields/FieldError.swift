/// An error in one member of a client's JSON.
public struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The member, as a JSON pointer (RFC 6901): `/labels/3`; empty for the whole object.
    public let pointer: String
    /// A sentence without its subject: `must be 1 to 500 characters`.
    public let detail: String

    public init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }

    /// - Parameter name: a member of the top object, escaped here (RFC 6901 §3).
    public init(name: String, _ detail: String) {
        var pointer = "/"
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": pointer += "~0"
            case "/": pointer += "~1"
            default: pointer.unicodeScalars.append(scalar)
            }
        }
        self.init(pointer: pointer, detail: detail)
    }

    public var description: String { "\(pointer) \(detail)" }
}
