namespace Limen.Kernels;

/// <summary>
/// How ids are written in a file and what they may be: ids from the base up to, not including, base + count.
/// </summary>
public readonly record struct SvmlightIds(int FeatureBase, int Features, int LabelBase, int Labels);

/// <summary>
/// The rows of a block of lines: row i has the labels LabelStart[i] to LabelStart[i + 1], features likewise. Ids
/// count from 0.
/// </summary>
public sealed class SvmlightBlock
{
    internal SvmlightBlock(int rows, int labels, int features)
    {
        var starts = Shapes.Length(rows + 1L, nameof(rows));
        LabelStart = new int[starts];
        FeatureStart = new int[starts];
        LabelIds = GC.AllocateUninitializedArray<int>(labels);
        FeatureIds = GC.AllocateUninitializedArray<int>(features);
        Values = GC.AllocateUninitializedArray<float>(features);
    }

    /// <summary>How many rows were read.</summary>
    public int Rows { get; internal set; }

    /// <summary>Where the labels of each row begin.</summary>
    public int[] LabelStart { get; }

    /// <summary>Label ids, ascending within a row.</summary>
    public int[] LabelIds { get; }

    /// <summary>Where the features of each row begin.</summary>
    public int[] FeatureStart { get; }

    /// <summary>Feature ids, ascending within a row.</summary>
    public int[] FeatureIds { get; }

    /// <summary>The value of each feature, finite.</summary>
    public float[] Values { get; }

    /// <summary>The largest label id, -1 where there is none.</summary>
    public int LargestLabel { get; internal set; } = -1;

    /// <summary>The largest feature id, -1 where there is none.</summary>
    public int LargestFeature { get; internal set; } = -1;

    /// <summary>How many labels stood in their row already, and were dropped.</summary>
    public int Repeated { get; internal set; }

    /// <summary>What stopped the parser; null where every line was read.</summary>
    public ParseFault? Fault { get; internal set; }
}

/// <summary>
/// Multi-label svmlight lines, "l1,l2 qid:q f:v f:v": labels in any order, also written +1 or 1.0, one that stands again taken once, features ascending; a line that begins with a
/// blank has no labels; '#' begins a comment, and a line of nothing else is no row; qid, where it stands before the features, is passed over.
/// </summary>
public static class SvmlightParser
{
    private const string LineEnd = "a label id, or a blank where the row has no labels";

    /// <summary>
    /// Reads a block of whole lines; the last byte must be a line feed. Stops at the first line that is not as it
    /// should be.
    /// </summary>
    /// <param name="lines">UTF-8 bytes.</param>
    /// <param name="skipFirst">Whether the first line is a header, read already.</param>
    /// <param name="ids">What the ids may be.</param>
    /// <exception cref="ArgumentException">The last byte is no line feed.</exception>
    public static SvmlightBlock Parse(ReadOnlySpan<byte> lines, bool skipFirst, SvmlightIds ids)
    {
        if (lines.IsEmpty || lines[^1] != (byte)'\n')
            throw new ArgumentException("expected bytes that end in a line feed, received others", nameof(lines));
        var rows = lines.Count((byte)'\n');
        var block = new SvmlightBlock(rows, lines.Count((byte)',') + rows, lines.Count((byte)':'));
        var reader = new Reader(lines, block, ids);
        for (var line = 0; reader.At < lines.Length; line++)
        {
            reader.LineStart = reader.At;
            if ((line == 0 && skipFirst) || reader.IsComment())
                reader.At += lines[reader.At..].IndexOf((byte)'\n') + 1;
            else if (!reader.Labels() || !reader.Features())
            {
                var column = reader.At - reader.LineStart + 1;
                block.Fault = new ParseFault(line, column, reader.Expected, ParseFault.Quote(lines[reader.At..]));
                break;
            }
            else
                block.Rows++;
        }
        return block;
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes, SvmlightBlock block, SvmlightIds ids)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;
        private readonly SvmlightIds ids = ids;
        private int labels = 0;
        private int features = 0;
        private HashSet<int>? seen;

        public int At = 0;
        public int LineStart = 0;
        public string Expected = "";

        /// <summary>Whether a comment is all that the line holds.</summary>
        public readonly bool IsComment()
        {
            var rest = bytes[At..];
            return rest[rest.IndexOfAnyExcept((byte)' ', (byte)'\t')] == (byte)'#';
        }

        public bool Labels()
        {
            var first = labels;
            if (!IsBlank(bytes[At]))
            {
                while (true)
                {
                    if (!LabelId(out var id)) return false;
                    if (bytes[At] == (byte)':')
                        return Fail(LineStart, "labels before features (a line without labels begins with a blank)");
                    if (IsRepeated(id, block.LabelIds.AsSpan(first, labels - first)))
                        block.Repeated++;
                    else
                        block.LabelIds[labels++] = id;
                    if (bytes[At] != (byte)',') break;
                    At++;
                }
                if (!DecimalParser.EndsNumber(bytes[At])) return Fail(At, "a comma or a blank after the label id");
            }
            var set = block.LabelIds.AsSpan(first, labels - first);
            set.Sort();
            if (set.Length > 0) block.LargestLabel = Math.Max(block.LargestLabel, set[^1]);
            block.LabelStart[block.Rows + 1] = labels;
            return true;
        }

        public bool Features()
        {
            var previous = -1;
            var bytes = this.bytes;
            if (!Query()) return false;
            while (true)
            {
                while (IsBlank(bytes[At])) At++;
                if (AtLineEnd()) break;
                var start = At;
                if (!Id(ids.FeatureBase, ids.Features, "feature", "a feature id", out var id)) return false;
                if (bytes[At] != (byte)':') return Fail(At, "':' and a value after the feature id");
                if (id <= previous)
                    return Fail(start, $"feature ids that ascend (the one before is {previous + ids.FeatureBase})");
                var value = ++At;
                if (!DecimalParser.TryRead(bytes, ref At, out var number)) return Fail(value, "a number");
                if (float.IsInfinity(number)) return Fail(value, "a finite number or NaN");
                block.FeatureIds[features] = previous = id;
                block.Values[features++] = number;
            }
            block.LargestFeature = Math.Max(block.LargestFeature, previous);
            block.FeatureStart[block.Rows + 1] = features;
            return true;
        }

        /// <summary>Moves past the end of the line where it is next, a comment included.</summary>
        private bool AtLineEnd()
        {
            if (bytes[At] == (byte)'#') At += bytes[At..].IndexOf((byte)'\n');
            if (bytes[At] == (byte)'\r' && bytes[At + 1] == (byte)'\n') At++;
            if (bytes[At] != (byte)'\n') return false;
            At++;
            return true;
        }

        /// <summary>A label id, with a sign and decimals or without: +1, 1.0.</summary>
        private bool LabelId(out int id)
        {
            var start = At;
            if (bytes[At] == (byte)'+') At++;
            if (!Id(ids.LabelBase, ids.Labels, "label", LineEnd, out id))
            {
                At = Math.Min(At, start);
                return false;
            }
            if (bytes[At] != (byte)'.') return true;
            var decimals = ++At;
            while (bytes[At] == (byte)'0') At++;
            return At > decimals && (bytes[At] is (byte)',' or (byte)':' || DecimalParser.EndsNumber(bytes[At])) || Fail(start, "a whole number as label id");
        }

        /// <summary>Whether a row has the label already: looked up where labels neither ascend nor are few.</summary>
        private bool IsRepeated(int id, ReadOnlySpan<int> before)
        {
            const int Few = 32;
            if (before.Length < Few) return before.Contains(id);
            if (before.Length == Few)
            {
                seen ??= [];
                seen.Clear();
                foreach (var label in before) seen.Add(label);
            }
            return !seen!.Add(id);
        }

        /// <summary>Passes over "qid:q", where it is next.</summary>
        private bool Query()
        {
            while (IsBlank(bytes[At])) At++;
            if (!bytes[At..].StartsWith("qid:"u8)) return true;
            At += 4;
            var start = At;
            while ((uint)(bytes[At] - '0') <= 9) At++;
            return At > start && DecimalParser.EndsNumber(bytes[At]) || Fail(start, "a whole number after qid:");
        }

        /// <summary>An id as written, less its base; the range is checked.</summary>
        private bool Id(int least, int count, string what, string expected, out int id)
        {
            var start = At;
            long written = 0;
            uint d;
            while ((d = (uint)(bytes[At] - '0')) <= 9 && written < int.MaxValue)
            {
                written = written * 10 + d;
                At++;
            }
            id = (int)(written - least);
            if (At == start) return Fail(start, expected);
            if (written < least) return Fail(start, $"{what} ids from {least}");
            if (written - least >= count) return Fail(start, $"{what} ids below {(long)count + least}");
            return true;
        }

        private bool Fail(int at, string expected)
        {
            At = at;
            Expected = expected;
            return false;
        }

        private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t';
    }
}
