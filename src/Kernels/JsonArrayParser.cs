using System.Buffers;
using System.Text.Json;

namespace Limen.Kernels;

/// <summary>One JSON array of objects, over as many lines as it likes, read object by object: of its text only one object and a buffer are in memory.</summary>
public static class JsonArrayParser
{
    /// <summary>
    /// Reads the objects of an array in UTF-8 from a function that reads on into (buffer, offset, count), 0 at the end. Stops at the first object that is not as it
    /// should be. The second result are the lines that the rows begin on, from 0.
    /// </summary>
    public static (JsonRows Rows, IReadOnlyList<int> Lines) Parse(JsonFields fields, Func<byte[], int, int, int> read)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(read);
        var rows = new JsonRowReader(fields);
        var lines = new List<int>();
        var text = new Text(read);
        ParseFault? fault = null;
        text.SkipMark();
        if (text.Next() != '[')
            fault = text.Fault("a JSON array");
        else
        {
            text.Take(1);
            for (var first = true; ; first = false)
            {
                var next = text.Next();
                if (next == ']')
                {
                    text.Take(1);
                    if (text.Next() is not null) fault = text.Fault("the end of the file after the array");
                    break;
                }
                if (!first && next == ',')
                {
                    text.Take(1);
                    next = text.Next();
                }
                else if (!first)
                {
                    fault = text.Fault("\",\" or \"]\" after an object");
                    break;
                }
                if (next != '{')
                {
                    fault = text.Fault("a JSON object");
                    break;
                }
                var json = text.Value();
                if (rows.Add(json) is { } stop)
                {
                    text.Take(Math.Min(stop.Column, json.Length));
                    fault = text.Fault(stop.Expected, stop.Found);
                    break;
                }
                lines.Add(text.Line);
                text.Take(json.Length);
            }
        }
        return (rows.Rows(null, fault), lines);
    }

    /// <summary>What has been read and not yet taken, and where it stands in the file.</summary>
    private sealed class Text(Func<byte[], int, int, int> read)
    {
        private byte[] buffer = new byte[1 << 16];
        private int from;
        private int to;
        private bool ended;
        private int column = 1;

        public int Line { get; private set; }

        private ReadOnlySpan<byte> Rest => buffer.AsSpan(from, to - from);

        private void Fill()
        {
            if (from > 0)
            {
                Rest.CopyTo(buffer);
                (from, to) = (0, to - from);
            }
            if (to == buffer.Length) Array.Resize(ref buffer, checked(2 * buffer.Length));
            while (to < buffer.Length && !ended)
            {
                var count = read(buffer, to, buffer.Length - to);
                if ((uint)count > (uint)(buffer.Length - to))
                    throw new ArgumentException($"expected at most {buffer.Length - to} bytes, received {count}", nameof(read));
                ended = count == 0;
                to += count;
            }
        }

        public void SkipMark()
        {
            while (to < 3 && !ended) Fill();
            if (Rest.StartsWith("\uFEFF"u8)) from += 3;
        }

        public void Take(int count)
        {
            var taken = Rest[..count];
            Line += taken.Count((byte)'\n');
            var last = taken.LastIndexOf((byte)'\n');
            column = last < 0 ? column + count : count - last;
            from += count;
        }

        /// <summary>The next byte that is no blank, which stays; null at the end.</summary>
        public byte? Next()
        {
            while (true)
            {
                var blank = Rest.IndexOfAnyExcept(" \t\r\n"u8);
                if (blank >= 0)
                {
                    Take(blank);
                    return Rest[0];
                }
                Take(Rest.Length);
                if (ended) return null;
                Fill();
            }
        }

        /// <summary>The bytes of the object that begins here; all that is left where it does not end or is no JSON.</summary>
        public ReadOnlySpan<byte> Value()
        {
            while (true)
            {
                var reader = new Utf8JsonReader(Rest, false, new JsonReaderState(JsonRowReader.Options));
                try
                {
                    if (reader.Read() && reader.TrySkip()) return Rest[..(int)reader.BytesConsumed];
                }
                catch (JsonException)
                {
                    return Rest;
                }
                if (ended) return Rest;
                Fill();
            }
        }

        public ParseFault Fault(string expected, string? found = null) =>
            new(Line, column, expected, found ?? (ended && Rest.IsEmpty ? "the end of the file" : ParseFault.Quote(Rest)));
    }
}
