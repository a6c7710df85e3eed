using System.Text;

namespace Limen.Kernels;

/// <summary>Which fields of a JSON object are what. Names are compared as they are.</summary>
/// <param name="Texts">The text, joined by a line break where there are several.</param>
/// <param name="Labels">Lists of labels, or 0 and 1 each.</param>
/// <param name="Flags">Whether each field of labels is a label of its name, 0 or 1.</param>
/// <param name="Weight">How much the row counts; a field that need not be there.</param>
/// <param name="Others">Further fields, which are kept as text; they need not be there.</param>
public sealed record JsonFields(
    IReadOnlyList<string> Texts,
    IReadOnlyList<string> Labels,
    bool Flags,
    string Weight,
    IReadOnlyList<string> Others)
{
    /// <summary>"text", "labels" and "weight".</summary>
    public static JsonFields Usual { get; } = new(["text"], ["labels"], false, "weight", []);

    internal enum Role { Text, Labels, Weight, Other }

    internal IReadOnlyList<(byte[] Name, Role Role, int Place)> Roles { get; } =
    [
        .. (Texts ?? throw new ArgumentNullException(nameof(Texts))).Select((name, i) => (Encoding.UTF8.GetBytes(name), Role.Text, i)),
        .. (Labels ?? throw new ArgumentNullException(nameof(Labels))).Select((name, i) => (Encoding.UTF8.GetBytes(name), Role.Labels, i)),
        (Encoding.UTF8.GetBytes(Weight), Role.Weight, 0),
        .. (Others ?? throw new ArgumentNullException(nameof(Others))).Select((name, i) => (Encoding.UTF8.GetBytes(name), Role.Other, i)),
    ];
}

/// <summary>The labels of a row as JSON gives them: names, ids, or a text that lists them.</summary>
/// <param name="Names">Strings of a list, and fields that are 1.</param>
/// <param name="Ids">Numbers of a list, or one number.</param>
/// <param name="List">One string; null where there is none.</param>
public readonly record struct JsonLabels(string[] Names, int[] Ids, string? List);

/// <summary>Rows of JSON.</summary>
/// <param name="Texts">The text of each row, packed.</param>
/// <param name="Labels">The labels of each row.</param>
/// <param name="Weights">The weight of each row, 1 where it has none.</param>
/// <param name="Weighted">Whether any row has a weight.</param>
/// <param name="Others">The further fields of each row, null where one is not there.</param>
/// <param name="Replaced">How many halves of surrogate pairs became U+FFFD.</param>
/// <param name="Repeated">How many names of labels stood in their row already, and were dropped.</param>
/// <param name="Blank">The first blank line, from 0, after which no row came; null where there is none.</param>
/// <param name="Fault">What stopped the parser; null where everything was read.</param>
public sealed record JsonRows(
    TextList Texts,
    IReadOnlyList<JsonLabels> Labels,
    IReadOnlyList<float> Weights,
    bool Weighted,
    IReadOnlyList<string?[]> Others,
    int Replaced,
    int Repeated,
    int? Blank,
    ParseFault? Fault);
