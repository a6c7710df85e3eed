namespace Limen;

/// <summary>One entry of a sparse row of features.</summary>
/// <param name="Id">The feature's id, counted from 0.</param>
/// <param name="Value">Its value, a finite number.</param>
public readonly record struct Feature(int Id, float Value);
