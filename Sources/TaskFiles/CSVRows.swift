import StrictJSON

/// The rows of a CSV file, after its header.
struct CSVRows: TaskRows {
    let columns: TaskColumns
    private let bytes: [UInt8]
    private var places: [Place] = []

    private struct Place {
        let number: Int32
        let start: Int32
        let end: Int32
    }

    private static let pieceBytes = 64 << 10

    init(_ bytes: [UInt8]) throws(TaskFileError) {
        self.bytes = bytes
        var reader = CSVReader()
        var columns: TaskColumns?
        var places: [Place] = []
        var position = 0
        var isRead = false
        while !isRead {
            var records = reader.read(bytes[position..<min(position + Self.pieceBytes, bytes.count)])
            position = min(position + Self.pieceBytes, bytes.count)
            isRead = position == bytes.count
            if isRead, let last = reader.finish() { records.append(last) }
            for record in records {
                guard columns != nil else {
                    if let problem = record.problem { throw .badHeader(problem) }
                    columns = try TaskColumns(record.fields)
                    continue
                }
                if record.isBlank { continue }
                guard places.count < TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
                places.append(
                    Place(
                        number: Int32(record.number), start: Int32(record.range.lowerBound),
                        end: Int32(record.range.upperBound)))
            }
        }
        guard let columns else { throw .empty }
        (self.columns, self.places) = (columns, places)
    }

    var count: Int { places.count }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let place = places[index]
        let number = Int(place.number)
        var reader = CSVReader(record: ())
        _ = reader.read(bytes[Int(place.start)..<Int(place.end)])
        guard let record = reader.finish() else { return .bad(number, "it is empty") }
        if let problem = record.problem { return .bad(number, problem) }
        return columns.fields(of: record.fields).row(number, on: statuses)
    }
}
