using System.CommandLine;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip recipes</c>: the recipes that come with the program.</summary>
internal static class RecipesCommand
{
    public static Command Create()
    {
        var command = new Command(
            "recipes",
            """
            List the recipes that come with the program: name, rough time, what for. 'train' and 'study' take them by name, from
            any folder; a file of that name in the current folder goes first.

            Examples:
              coverslip recipes
              coverslip train saganet-small --cohort cohort.csv --out runs/first
              coverslip recipe explain saganet-small
            """
        );
        command.SetAction(_ =>
        {
            Write("for 'train'", [.. RecipeFolder.All.Where(r => !r.IsStudy)]);
            Console.WriteLine();
            Write("for 'study'", [.. RecipeFolder.All.Where(r => r.IsStudy)]);
            return 0;
        });
        return command;
    }

    private static void Write(string heading, BundledRecipe[] recipes) =>
        ConsoleTable.Write(
            new Table(
                [new Column(heading), new Column("time"), new Column("what for")],
                [.. recipes.Select(r => (IReadOnlyList<Cell>)[r.Name, r.Time, r.What])]
            )
        );
}
