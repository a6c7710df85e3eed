namespace Limen
[<AbstractClass; Sealed>]
type TorchRuntime =
    static member Load() : unit = ()
