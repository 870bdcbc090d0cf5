extension String {
    /// A text of so many of these scalars; more of them than one may make a character.
    public static func random(
        _ length: ClosedRange<Int>, of scalars: [Unicode.Scalar], using random: inout SplitMix
    ) -> String {
        let count = Int.random(in: length, using: &random)
        return String(UnicodeScalarView((0..<count).map { _ in scalars.randomElement(using: &random)! }))
    }
}
