import HTTPTypes
import StrictJSON

@testable import Gateway
@testable import Imports
@testable import ServerSettings
@testable import TaskFiles

/// Files, from their upload to their last row.
extension BoundCheck {
    static var files: [BoundCheck] {
        let http = Settings().http
        let slots = ImportSlots()
        let long = 1 << 30
        return [
            BoundCheck(
                "a file to import", .name("http.maxImportBytes"), .bytes(http.maxImportBytes),
                .count(TaskFile.mostRows), .bytes(JSONFileIndex.limits.bytes), .bytes(CSVReader.Limits().record),
                .refused(.bodyTooLarge), .status(.badRequest)),
            BoundCheck(
                "imports, from their upload on", .count(ImportSlots.perTenant), .count(ImportSlots.most),
                .bytes(slots.bytes), .count(ImportSlots(longest: long).bytes / long), .bytes(FileSpool.held),
                .status(.tooManyRequests), .refused(Problem(ImportError.noRoom))),
            BoundCheck(
                "a form that brings a file", .count(FormFile.mostParts), .bytes(FormFile.longestHead),
                .bytes(FormFile.around), .status(.badRequest), .refused(.bodyTooLarge)),
            BoundCheck("an import's writes", .count(ImportRun.batch)),
            BoundCheck(
                "an import begun again under its key", .count(ImportRunner.mostAttempts),
                .refused(Problem(ImportError.begunTooOften(times: 1)))),
            BoundCheck(
                "what is told of an import", .count(ImportTally.mostBadRows), .count(ImportTally.mostStatuses),
                .count(ImportTally.mostValues), .count(ImportTally.mostRows), .count(ImportTally.mostColumns)),
            BoundCheck(
                "what is looked at in a table", .count(TableShape.mostTitles), .count(ListNames.most),
                .count(ListNames.longest), .count(LabelList.most), .count(TaskColumns.mostPeople),
                .count(CSVReader.mostStrayQuotes)),
            BoundCheck(
                "notes about a file of cards", .count(CardBoard.mostNames), .count(CardBoard.mostPlaces)),
            BoundCheck(
                "a row's texts", .count(RowFields.longestName), .count(RowFields.longestDescription),
                .count(RowFields.mostLabels), .count(RowFields.longestLabel)),
        ]
    }
}
