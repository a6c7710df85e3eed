namespace Limen.Kernels;

/// <summary>Neighbouring labels: First to First + Count - 1. An output layer of many labels is worked on a block at a time.</summary>
/// <param name="First">The first label's id.</param>
/// <param name="Count">How many labels.</param>
public readonly record struct LabelBlock(int First, int Count)
{
    /// <summary>All of L labels.</summary>
    public static LabelBlock All(int labels) => new(0, labels);
}
