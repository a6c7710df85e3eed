namespace Limen

/// Which labels share alpha, the weight of rarity in a threshold that a network learns. Rarity is a constant of its label, so alpha and the label's bias
/// are one degree of freedom unless alpha is shared or held.
type AlphaSharing =
    internal
    | Common
    | Buckets of count: int
    | Own of prior: float

    /// One alpha for every label. The default.
    static member OneForAll() = Common

    /// One alpha for each bucket of labels of like rarity: so many buckets, at least 1, of equal width in rarity.
    static member ByFrequency(buckets: int) = Buckets buckets

    /// One alpha for each label, drawn towards their mean: the prior, at least 0, times half the squared distance is added to the loss.
    static member EachLabel(prior: float) = Own prior
