namespace Limen.Properties

open TorchSharp

/// Each gives torch a number that nobody holds.
type HeldNumberCases =
    static member Sum(a: torch.Tensor, b: torch.Tensor) : torch.Tensor = a + b
    static member Product(x: torch.Tensor) : torch.Tensor = 2.0 * x
    static member Softplus(x: torch.Tensor) : torch.Tensor = x.softplus (1.0, 40.0)
    static member Power(x: torch.Tensor) : torch.Tensor = x.pow (Scalar.op_Implicit 2.0)
