extension Duration {
    /// Short, for people: `0.8 s`, `12 s`, `5 min`, `3 h`, `2 d`.
    public var text: String {
        let milliseconds = wholeMilliseconds
        switch milliseconds {
        case ..<9_950:
            let tenths = (milliseconds + 50) / 100
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        case ..<120_000: return "\((milliseconds + 500) / 1000) s"
        case ..<7_200_000: return "\(milliseconds / 60_000) min"
        case ..<172_800_000: return "\(milliseconds / 3_600_000) h"
        default: return "\(milliseconds / 86_400_000) d"
        }
    }
}
