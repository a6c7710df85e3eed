namespace Limen.Core

/// The two forms of the margin loss of arXiv 2505.03118.
type MarginForm =
    /// max(0, Delta - |m|): the paper's words; scores shall keep away from the threshold on either side.
    | Symmetric = 0
    /// max(0, Delta - (2y - 1) m): the authors' code; scores shall be on the right side.
    | Ranking = 1
