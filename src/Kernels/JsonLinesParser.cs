namespace Limen.Kernels;

/// <summary>
/// One JSON object a line, with the fields of texts and labels and, if it likes, a weight (a finite number of at least 0); other fields are passed over.
/// Blank lines may stand at the end.
/// </summary>
public static class JsonLinesParser
{
    /// <summary>Reads a block of whole lines in UTF-8. Stops at the first line that is not as it should be.</summary>
    public static JsonRows Parse(JsonFields fields, ReadOnlySpan<byte> lines)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var rows = new JsonRowReader(fields);
        for (var line = 0; !lines.IsEmpty; line++)
        {
            var end = lines.IndexOf((byte)'\n');
            var json = end < 0 ? lines : lines[..end];
            if (lines.Trim(" \t\r\n"u8).IsEmpty) return rows.Rows(line, null);
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (rows.Add(json) is { } stop)
                return rows.Rows(null, new ParseFault(line, stop.Column + 1, stop.Expected, stop.Found ?? ParseFault.Quote(json[Math.Min(stop.Column, json.Length)..])));
        }
        return rows.Rows(null, null);
    }
}
