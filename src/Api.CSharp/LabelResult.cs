namespace Limen;

/// <summary>What became of one label.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Positives">Rows that have it.</param>
/// <param name="Predicted">Rows that were given it.</param>
/// <param name="Hits">Rows that have it and were given it.</param>
public readonly record struct LabelResult(string Label, int Positives, int Predicted, int Hits)
{
    /// <summary>F1 = 2 Hits / (Predicted + Positives), 0/0 = 0.</summary>
    public double F1 => Predicted + Positives == 0 ? 0 : 2.0 * Hits / (Predicted + Positives);
}
