import StrictJSON
import Text

/// The rows of a table, after its header.
struct TableRows: TaskRows {
    let header: TaskColumns
    let look: TableLook
    private(set) var leftOut: [LeftOut: Int] = [:]
    private(set) var archived = 0
    private let bytes: SharedBytes
    private let separator: UInt8
    private let places: [Place]
    /// Names of Todoist's sections.
    private let sections: [String]

    /// 16 bytes.
    private struct Place {
        let number: Int32
        let start: Int32
        let end: Int32
        let isQuoting: Bool
        /// Index into ``sections``; -1 for none.
        let section: Int16
    }

    init(_ bytes: SharedBytes) throws(TaskFileError) {
        self.bytes = bytes
        var places: [Place] = []
        var sections: [String] = []
        let (shape, look, archived, leftOut) = try bytes.withBuffer { buffer throws(TaskFileError) in
            let shape = try TableShape(of: buffer)
            var look = TableLook(shape.columns)
            var (archived, leftOut) = (0, [LeftOut: Int]())
            var section: Int16 = -1
            var reader = CSVReader(buffer, separator: shape.separator, from: shape.start)
            while let record = reader.next() {
                if record.isBlank { continue }
                switch Self.kind(of: record, shape.columns) {
                case .nothing: continue
                case .note:
                    leftOut[.comments, default: 0] += 1
                    continue
                case .archived:
                    archived += 1
                    continue
                case .section(let name):
                    look.take(section: name)
                    guard sections.count < Int16.max else { continue }
                    section = Int16(sections.count)
                    sections.append(name.prefixOfScalars(1000))
                    continue
                case .task: break
                }
                guard places.count < TaskFile.mostRows else { throw .tooManyRows(limit: TaskFile.mostRows) }
                look.take(record.fields, shape.columns)
                places.append(
                    Place(
                        number: Int32(shape.records + record.number), start: Int32(record.range.lowerBound),
                        end: Int32(record.range.upperBound), isQuoting: record.isQuoting, section: section))
            }
            return (shape, look, archived, leftOut)
        }
        (header, separator, self.look) = (shape.columns, shape.separator, look)
        (self.places, self.sections, self.archived, self.leftOut) = (places, sections, archived, leftOut)
    }

    private enum Kind { case task, archived, note, nothing, section(String) }

    private static func kind(of record: CSVRecord, _ columns: TaskColumns) -> Kind {
        switch columns.tool {
        case .trello, .wekan:
            return columns.text(.archived, of: record.fields)?.lowercased() == "true" ? .archived : .task
        case .todoist:
            if record.isEmpty { return .nothing }
            switch columns.text(.type, of: record.fields)?.lowercased() {
            case "section": return columns.text(.name, of: record.fields).map { .section($0) } ?? .nothing
            case "note", "comment": return .note
            case "meta": return .nothing
            default: return .task
            }
        case .boardcast, .clickUp, .other: return .task
        }
    }

    var count: Int { places.count }

    var lists: [String] { look.statuses.names }

    var isOurs: Bool { header.tool == .boardcast }

    func row(_ index: Int, on statuses: StatusMap) -> ImportRow {
        let place = places[index]
        let record = bytes.part(Int(place.start)..<Int(place.end)).withBuffer {
            CSVReader.fields($0, separator: separator, isQuoting: place.isQuoting)
        }
        var row = RowFields()
        let fields = record.fields
        row.description = header.texts(.description, of: fields).joined(separator: "\n\n")
        row.labels = header.labels(of: fields, splitBy: look.labels)
        row.status = place.section < 0 ? nil : sections[Int(place.section)]
        take(fields, into: &row)
        let strays = header.strays(of: fields)
        if !strays.isEmpty { row.keep(strays.joined(separator: ", "), of: "(no column)") }
        if record.isCut { row.notes.append(.cut(.row)) }
        return row.row(Int(place.number), on: statuses)
    }

    /// Of columns that mean the same the first with a value that is understood counts; what others have besides stands
    /// in the description.
    private func take(_ fields: [String], into row: inout RowFields) {
        let isOneHighest = [.todoist, .clickUp].contains(header.tool)
        func first(of role: TaskColumns.Role, _ take: (inout RowFields, String) -> Bool) {
            var taken: String?
            for (title, text) in header.cells(role, of: fields) {
                if let taken {
                    if !taken.hasSameBytes(as: text) { row.keep(text, of: title) }
                } else if take(&row, text) {
                    taken = text
                }
            }
        }
        first(of: .name) { row, text in
            row.name = text
            return true
        }
        first(of: .status) { row, text in
            row.status = text
            return true
        }
        first(of: .priority) { $0.take(priority: $1, isOneHighest: isOneHighest) }
        first(of: .dueAt) { $0.take(due: $1, look.order) }
        for (title, names) in header.people(of: fields) { row.take(people: names, of: title) }
    }
}
