namespace Limen.Properties

open NUnit.Framework
open FsCheck.NUnit
open Limen.Core

[<Properties(Arbitrary = [| typeof<Arbitraries>; typeof<SignalArbitraries> |])>]
module IdfProperties =

    let private smoothings = [ AddOne; NoSmoothing; Log1pNormalised ]

    let private fits { Data = data } =
        smoothings |> List.map (fun s -> Idf.fit s data)

    [<Property>]
    let ``a rarer label never has the smaller IDF`` (case: DataCase) =
        let counts = Csr.columnCounts case.Data.Labels

        fits case
        |> List.forall (fun idf ->
            Array.allPairs (Array.zip counts idf) (Array.zip counts idf)
            |> Array.forall (fun ((n, a), (m, b)) -> n >= m || a >= b))

    [<Property>]
    let ``a label with fewer rows, of at least one, has the larger IDF`` (case: DataCase) =
        let counts = Csr.columnCounts case.Data.Labels

        fits case
        |> List.forall (fun idf ->
            Array.allPairs (Array.zip counts idf) (Array.zip counts idf)
            |> Array.forall (fun ((n, a), (m, b)) -> n = 0 || n >= m || a > b))

    [<Property>]
    let ``IDF is not negative, and at most one when normalised`` (case: DataCase) =
        (fits case |> List.forall (Array.forall (fun v -> v >= 0f)))
        && Idf.fit Log1pNormalised case.Data |> Array.forall (fun v -> v <= 1f)

    [<Property>]
    let ``renumbered labels have renumbered IDF`` (case: SignalCase) =
        let renumbered =
            { case.Training with
                Labels = SignalCase.renumber case.Order case.Training.Labels
            }

        smoothings
        |> List.forall (fun s ->
            let before = Idf.fit s case.Training
            let after = Idf.fit s renumbered

            case.Order
            |> Array.indexed
            |> Array.forall (fun (l, l') -> before[l] = after[l']))

    [<Test>]
    let ``of 10,000 rows a label in 50 has a larger IDF than one in 5,000`` () =
        let idf = Idf.ofCounts AddOne 10_000 [| 50; 5_000 |]
        Tolerance.require Tolerance.float32 "IDF" [ log (10001.0 / 51.0); log (10001.0 / 5001.0) ] (Array.map float idf)
        Assert.That(idf[0], Is.GreaterThan idf[1])

    [<Test>]
    let ``the three smoothings at the ends of their range`` () =
        let idf s =
            Idf.ofCounts s 10 [| 0; 1; 10 |] |> Array.map float

        Tolerance.require Tolerance.float32 "add-one" [ log 11.0; log 5.5; 0.0 ] (idf AddOne)
        Tolerance.require Tolerance.float32 "none" [ log 10.0; log 10.0; 0.0 ] (idf NoSmoothing)
        Tolerance.require Tolerance.float32 "normalised" [ 1.0; log 5.5 / log 11.0; 0.0 ] (idf Log1pNormalised)
        Assert.That((Idf.ofCounts Log1pNormalised 0 [| 0 |] = [| 0f |]), Is.True)

    [<Test>]
    let ``a count above the number of rows is refused`` () =
        let error =
            Assert.Throws<System.ArgumentException>(System.Action(fun () -> Idf.ofCounts AddOne 3 [| 1; 4 |] |> ignore))

        Assert.That(error.Message, Does.Contain "label 1: expected a count in 0 .. 3, received 4")
