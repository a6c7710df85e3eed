namespace Limen.Core

open System

/// What a fitted variant is saved as: the tag of its line in the registry, and data of that line's own type.
[<ReferenceEquality>]
type Stored =
    {
        Tag: string
        Data: obj
        /// What is wrong with the data in a model of these sizes, in plain sentences; nothing where it was fitted in that model.
        Faults: Sizes -> string list
        /// What of its training rows the data hold, in words; nothing where they hold none.
        Holds: string list
    }

[<RequireQualifiedAccess>]
module Stored =

    /// Data under a tag that hold no training row. faults: what is wrong with them in a model of the given sizes.
    let create (tag: string) (faults: Sizes -> 'data -> string list) (data: 'data) : Stored =
        {
            Tag = tag
            Data = box data
            Faults = fun sizes -> faults sizes data
            Holds = []
        }

    /// The same, of data that hold training rows.
    let holding (what: string list) (stored: Stored) : Stored = { stored with Holds = what }

/// A registry line's way back from what was stored.
[<NoEquality; NoComparison>]
type Codec<'fitted> =
    {
        Tag: string
        Data: Type
        Load: obj -> 'fitted
    }

[<RequireQualifiedAccess>]
module Codec =

    /// Data of the given type under a tag.
    let create<'data, 'fitted> (tag: string) (load: 'data -> 'fitted) : Codec<'fitted> =
        {
            Tag = tag
            Data = typeof<'data>
            Load = fun data -> load (unbox<'data> data)
        }
