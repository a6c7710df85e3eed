namespace Limen.Cli

open System
open System.CommandLine

/// `limen completion`: a script by which a shell asks this program what a word may become.
[<RequireQualifiedAccess>]
module CompletionCommand =

    let private bash =
        """_limen() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$(limen "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _limen limen"""

    let private zsh =
        """_limen() {
  local suggestions=("${(@f)$(limen "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
  compadd -a suggestions
  _files
}
compdef _limen limen"""

    let private fish =
        """complete -c limen -a '(limen "[suggest:"(commandline -C)"]" (commandline -b) 2>/dev/null)'"""

    let private powershell =
        """Register-ArgumentCompleter -Native -CommandName limen -ScriptBlock {
  param($word, $line, $position)
  limen "[suggest:$position]" "$line" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}"""

    let private scripts =
        [ "bash", bash; "zsh", zsh; "fish", fish; "powershell", powershell ]

    let private shell = Given.argument "SHELL" "bash, zsh, fish or powershell"

    let private run (given: ParseResult) : int =
        let name = given.GetValue shell

        match scripts |> List.tryFind (fst >> (=) name) with
        | Some(_, script) ->
            Terminal.print script
            0
        | None ->
            let known = scripts |> List.map fst |> String.concat ", "
            raise (Usage $"SHELL: expected one of {known}, received \"{name}\"")

    let command =
        ExampleCommand(
            "completion",
            "Prints a script that lets a shell complete commands and options.",
            [
                "source <(limen completion bash)        # in ~/.bashrc"
                "limen completion fish > ~/.config/fish/completions/limen.fish"
            ]
        )
            .With([ shell ], [], run)
