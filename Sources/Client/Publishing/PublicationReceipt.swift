import StrictJSON

/// The server's answer to a publication: the event's number if it is logged.
public struct PublicationReceipt {
    private let answer: JSONObject

    /// - Throws: ``Failure`` of unreachable for any other answer.
    public init(_ bytes: [UInt8]) throws(Failure) {
        guard let answer = try? JSONParser.parse(bytes).object else {
            throw Failure(.unreachable, "the answer is not one of a Boardcast server")
        }
        self.answer = answer
    }

    /// The answer in one line of JSON.
    public var json: String {
        var json = JSONWriter()
        json.value(.object(answer))
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Nil for an event that has no number.
    public var text: String? { answer["seq"]?.int.map { String($0) } }
}
