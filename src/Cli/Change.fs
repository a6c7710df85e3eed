namespace Limen.Cli

open System
open System.CommandLine

/// An option of the command line, and what it changes where it is given.
[<NoEquality; NoComparison>]
type Change<'target> =
    {
        Option: Option
        Apply: ParseResult -> 'target -> 'target
    }

/// Options that are declared once: what they are called, and what is set by them.
[<RequireQualifiedAccess>]
module Change =

    let private of' (option: Option) (tryGet: ParseResult -> 'value option) (set: 'value -> 'target -> 'target) =
        {
            Option = option
            Apply =
                fun given target ->
                    match tryGet given with
                    | Some value -> set value target
                    | None -> target
        }

    let text (set: string -> 'target -> 'target) (option: Option<string>) : Change<'target> =
        of' option (Given.tryText option) set

    /// An option that may be given several times.
    let texts (set: string list -> 'target -> 'target) (option: Option<string[]>) : Change<'target> =
        let tryAll given =
            match Given.all option given with
            | [] -> None
            | several -> Some several

        of' option tryAll set

    let number (set: 'value -> 'target -> 'target) (option: Option<Nullable<'value>>) : Change<'target> =
        of' option (Given.tryNumber option) set

    let flag (set: 'target -> 'target) (option: Option<bool>) : Change<'target> =
        of' option (fun given -> if Given.is option given then Some() else None) (fun () -> set)

    /// Of a target that is an object, which is changed itself.
    let setting (set: 'target -> 'value -> unit) (value: 'value) (target: 'target) : 'target =
        set target value
        target

    let options (changes: Change<'target> list) : Option list = changes |> List.map _.Option

    /// All that was given, one change after the other.
    let apply (changes: Change<'target> list) (given: ParseResult) (target: 'target) : 'target =
        changes |> List.fold (fun target change -> change.Apply given target) target
