namespace Limen;

/// <summary>Which labels a network learns in each step.</summary>
public sealed class LabelSampling
{
    private LabelSampling(Core.LabelSampling value) => Value = value;

    internal Core.LabelSampling Value { get; }

    /// <summary>Every label in every step. The default.</summary>
    public static LabelSampling All() => new(Core.LabelSampling.All);

    /// <summary>
    /// The labels of the batch's rows, those that their neighbours carry (the likely mistakes), and a few others at random. Steps no longer grow with the
    /// number of labels, which is what makes hundreds of thousands of them trainable; every epoch reports how many of the hardest wrong labels were there.
    /// The loss must be binary cross-entropy, with a margin term or without.
    /// </summary>
    /// <param name="others">Labels drawn at random for each batch; at least 0.</param>
    public static LabelSampling Shortlist(int others = 1000) => new(Core.LabelSampling.NewShortlist(others));
}
