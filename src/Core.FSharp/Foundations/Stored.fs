namespace Limen.Core

open System

/// What a fitted variant is saved as: the tag of its line in the registry, and data of that line's own type.
[<ReferenceEquality>]
type Stored = { Tag: string; Data: obj }

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
