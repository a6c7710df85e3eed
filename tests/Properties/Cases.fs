namespace Limen.Properties

open System
open Expecto

/// What a law is tried on: from which arbitraries the random cases come, and how many there are.
///
/// A law that fails prints its case and how to repeat it: `etestPropertyWithConfig (seed, gamma, size)` in the place of `property`
/// runs this law alone, on the case that failed.
[<RequireQualifiedAccess>]
module Cases =

    /// Whether this is `./build.sh proof`, which sets LIMEN_PROOF.
    let isProof =
        not (String.IsNullOrEmpty(Environment.GetEnvironmentVariable "LIMEN_PROOF"))

    /// A proof tries every law on ten times its cases.
    let private factor = if isProof then 10 else 1

    /// The same arbitraries, with so many cases.
    let times (count: int) (cases: FsCheckConfig) : FsCheckConfig = { cases with maxTest = factor * count }

    /// 100 cases from FsCheck's own arbitraries and those of these types.
    let from (arbitraries: Type list) : FsCheckConfig =
        { FsCheckConfig.defaultConfig with
            arbitrary = arbitraries
        }
        |> times 100

    /// 100 cases from FsCheck's own arbitraries.
    let any = from []

[<AutoOpen>]
module Properties =

    /// A test that a law, a function of its cases to bool or unit, holds on all of them.
    let property (cases: FsCheckConfig) (name: string) (law: 'law) : Test = testPropertyWithConfig cases name law
