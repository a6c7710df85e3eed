namespace Limen.Core

open System
open System.Collections.Generic

/// The things made on this thread since the scope began.
[<Sealed; AllowNullLiteral>]
type internal Scope private (outer: Scope) =

    [<ThreadStatic; DefaultValue>]
    static val mutable private current: Scope

    let made = List<IDisposable>()

    /// Puts something under the care of this thread's innermost scope, where there is one.
    static member Register(thing: IDisposable) =
        if not (isNull Scope.current) then
            Scope.current.Add thing

    /// Moves something of the innermost scope to the scope around it; what is not of that scope stays where it is.
    static member Keep(thing: IDisposable) =
        if not (isNull Scope.current) then
            Scope.current.Release thing

    /// Runs f in a scope of its own and disposes what it made, also when it throws; `finish` sees its result before.
    static member Run(finish: 'a -> unit, f: unit -> 'a) : 'a =
        let scope = Scope Scope.current
        Scope.current <- scope

        try
            let result = f ()
            finish result
            result
        finally
            Scope.current <- scope.Close()

    member private _.Add thing = made.Add thing

    member private _.Release(thing: IDisposable) =
        let i = made.FindLastIndex(fun t -> obj.ReferenceEquals(t, thing))

        if i >= 0 then
            made.RemoveAt i

            if not (isNull outer) then
                outer.Add thing

    member private _.Close() =
        for thing in made do
            thing.Dispose()

        outer
