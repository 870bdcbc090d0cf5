/// A JWS in its compact form (RFC 7515 §7.1), taken apart and decoded, not yet believed.
struct CompactToken {
    /// What the signature covers: the first two parts and the dot between, as they were sent.
    let signed: UnsafeRawBufferPointer
    private let decoded: [UInt8]
    private let headerEnd: Int
    private let payloadEnd: Int

    var header: ArraySlice<UInt8> { decoded[..<headerEnd] }
    var payload: ArraySlice<UInt8> { decoded[headerEnd..<payloadEnd] }
    var signature: ArraySlice<UInt8> { decoded[payloadEnd...] }

    /// Points into `token`, so it may live no longer.
    ///
    /// - Throws: `tooLong` beyond `longest` bytes, `notThreeParts` or `notBase64URL`, looked for in this order.
    init(_ token: UnsafeRawBufferPointer, longest: Int) throws(TokenError) {
        guard token.count <= longest else { throw .tooLong }
        // Counted, not split: a token of nothing but dots must not become an array of parts.
        var dots = 0
        var first = 0
        var second = 0
        for index in token.indices where token[index] == UInt8(ascii: ".") {
            dots += 1
            if dots == 1 { first = index } else { second = index }
        }
        guard dots == 2 else { throw .notThreeParts }

        var headerEnd = 0
        var payloadEnd = 0
        decoded = [UInt8](unsafeUninitializedCapacity: token.count) { buffer, count in
            func decode(_ part: Range<Int>, at start: Int) -> Int? {
                Base64URL.decode(.init(rebasing: token[part]), into: .init(rebasing: buffer[start...])).map {
                    start + $0
                }
            }
            guard let header = decode(0..<first, at: 0),
                let payload = decode(first + 1..<second, at: header),
                let signature = decode(second + 1..<token.count, at: payload)
            else { return }
            (headerEnd, payloadEnd, count) = (header, payload, signature)
        }
        guard headerEnd > 0 else { throw .notBase64URL }
        self.headerEnd = headerEnd
        self.payloadEnd = payloadEnd
        signed = UnsafeRawBufferPointer(rebasing: token[..<second])
    }
}
