using System.CommandLine;

namespace Coverslip.App.Commands;

/// <summary><c>--set KEY=VALUE</c> of commands that take a recipe.</summary>
internal static class SettingOption
{
    internal static readonly Option<string[]> Set = new("--set")
    {
        Description = "A key of the recipe with another value, such as input.width=192; may be given several times.",
        DefaultValueFactory = _ => [],
    };
}
