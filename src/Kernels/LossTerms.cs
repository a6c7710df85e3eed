namespace Limen.Kernels;

/// <summary>How the margin term reads a margin m = z - theta; the paper's words and the authors' code differ.</summary>
public enum MarginReading
{
    /// <summary>max(0, Delta - |m|): keep away from the threshold on either side (arXiv 2505.03118, section 3).</summary>
    Symmetric,

    /// <summary>max(0, Delta - (2y - 1) m): be on the right side by Delta (the authors' code).</summary>
    Ranking,
}

/// <summary>The weights of the adaptive loss: Scale * sum over pairs of (Bce * cross-entropy + Margin * margin term).</summary>
/// <param name="Bce">Weight of the binary cross-entropy of m = z - theta.</param>
/// <param name="Margin">Weight of the margin term (lambda_m; 0.1 in the paper).</param>
/// <param name="Delta">Width of the margin in logit space (0.1 in the paper).</param>
/// <param name="Reading">Which margin term.</param>
/// <param name="Scale">Factor on everything: 1 / (B L) for the mean over pairs.</param>
public readonly record struct LossTerms(float Bce, float Margin, float Delta, MarginReading Reading, float Scale);
