namespace Limen;

/// <summary>
/// Which labels share alpha, the weight of rarity in a threshold that a network learns. Rarity is a constant of its
/// label, so alpha and the
/// label's bias are one degree of freedom unless alpha is shared or held.
/// </summary>
public sealed class AlphaSharing
{
    private AlphaSharing(Core.AlphaSharing value) => Value = value;

    internal Core.AlphaSharing Value { get; }

    /// <summary>One alpha for every label. The default.</summary>
    public static AlphaSharing OneForAll() => new(Core.AlphaSharing.OneForAll);

    /// <summary>One alpha for each bucket of labels of like rarity.</summary>
    /// <param name="buckets">At least 1, of equal width in rarity.</param>
    public static AlphaSharing ByFrequency(int buckets = 8) => new(Core.AlphaSharing.NewByFrequency(buckets));

    /// <summary>One alpha per label, drawn towards their mean.</summary>
    /// <param name="prior">The strength of the draw; at least 0.</param>
    public static AlphaSharing EachLabel(double prior = 1.0) => new(Core.AlphaSharing.NewEachLabel(prior));
}
