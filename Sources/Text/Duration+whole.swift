/// A duration in whole units. What is beyond the numbers of a type becomes the nearest of them.
extension Duration {
    /// Rounded down.
    public var wholeSeconds: Int { Int(components.seconds) }

    /// Rounded up.
    public var wholeSecondsUp: Int {
        let (seconds, rest) = components
        return rest > 0 && seconds < .max ? Int(seconds) + 1 : Int(seconds)
    }

    /// Rounded down.
    public var wholeMilliseconds: Int { Int(clamping: attoseconds / 1_000_000_000_000_000) }

    /// Rounded down.
    public var wholeNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
