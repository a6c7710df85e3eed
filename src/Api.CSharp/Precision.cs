namespace Limen;

/// <summary>How precisely a network's output layer multiplies its matrices in training; nothing else depends on it.</summary>
public enum Precision
{
    /// <summary>In float32.</summary>
    Single,

    /// <summary>
    /// What is multiplied is rounded to bfloat16 (a relative error of at most 2^-8); sums, weights, loss and optimiser stay float32.
    /// For processors with AVX512-BF16, where these products take about half the time; on others nothing changes.
    /// </summary>
    Mixed,
}
