using System.CommandLine;

namespace Coverslip.App.Commands;

/// <summary>Options that have a value where none is given.</summary>
internal static class StandardOption
{
    /// <summary>One with the value that stands then.</summary>
    public static Option<T> Of<T>(string name, T standard, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };
}
