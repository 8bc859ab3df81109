using CsvHelper;

namespace Coverslip.Slides;

/// <summary>Comma-separated files.</summary>
internal static class CsvFile
{
    /// <summary>Writes a header and rows, whole or not at all.</summary>
    public static void Write(string path, string[] columns, IEnumerable<string[]> rows) =>
        WholeFile.Write(
            path,
            stream =>
            {
                using var csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
                csv.WriteRecord(columns);
                foreach (var row in rows)
                    csv.WriteRecord(row);
            }
        );
}
