extension Int {
    /// Digits alone: no sign, no space, 18 at most.
    @inlinable public init?(digits text: some StringProtocol) {
        guard 1...18 ~= text.utf8.count, text.utf8.allSatisfy(\.isASCIIDigit) else { return nil }
        self.init(text)
    }
}
