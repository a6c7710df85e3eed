namespace Limen;

/// <summary>Input that does not have the form it should: where, what was expected, what was found.</summary>
public sealed class DataFormatException : FormatException
{
    internal DataFormatException(Core.DataFormatException fault)
        : base(fault.Message, fault)
    {
        (File, Line, Column) = (fault.Place.File, fault.Place.Line, fault.Place.Column);
        (Expected, Found) = (fault.Expected, fault.Found);
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column, counted from 1, in bytes.</summary>
    public int Column { get; }

    /// <summary>What should stand there.</summary>
    public string Expected { get; }

    /// <summary>What stands there.</summary>
    public string Found { get; }
}
