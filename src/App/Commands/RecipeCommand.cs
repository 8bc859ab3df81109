using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coverslip.Files;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Studies;
using Coverslip.Methods;

namespace Coverslip.App.Commands;

/// <summary><c>coverslip recipe</c>: what recipes may say, in every form that is made of the keys' declarations.</summary>
internal static class RecipeCommand
{
    private static readonly Argument<string> RecipeFile = new("recipe") { Description = RecipeFolder.ArgumentHelp };
    private static readonly Argument<string> Method = new("method") { Description = "A method, as recipes name it." };
    private static readonly Argument<string?> Kind = new("kind")
    {
        Description = "A method, or study. [default: any of them]",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private static readonly Argument<FileInfo> Page = new("page") { Description = "The page, docs/recipes.md." };
    private static readonly Option<string?> Output = new("--out")
    {
        Description = "The file to write. [default: printed]",
    };

    public static Command Create() =>
        new("recipe", "Recipes: what a file says, a new one, a schema for editors")
        {
            Explain(),
            New(),
            Schema(),
            Docs(),
        };

    private static Command Explain()
    {
        var command = new Command(
            "explain",
            """
            Show every key that applies to a recipe: its value, default, range and meaning. A star marks what differs from
            the default.

            Example:
              coverslip recipe explain recipes/saganet-small.yaml
            """
        )
        {
            RecipeFile,
        };
        command.SetAction(parsed =>
        {
            foreach (
                var key in RecipeKinds.Explain(
                    RecipeFolder.Find(parsed.GetValue(RecipeFile)!),
                    Known.Methods,
                    Console.Error.WriteLine
                )
            )
            {
                var (value, range) = (
                    ValueText.Of(key.Value ?? key.Default),
                    key.Range.Length > 0 ? $"; {key.Range}" : ""
                );
                Console.WriteLine($"{(key.Changed ? '*' : ' ')} {key.Path}: {value}");
                Console.WriteLine(
                    $"      {key.Explained}. Default {key.NoDefault ?? ValueText.Of(key.Default)}{range}"
                );
            }
            return 0;
        });
        return command;
    }

    private static Command New()
    {
        var command = new Command(
            "new",
            """
            Write a recipe of a method with every key at its default, each under a comment that explains it.

            Example:
              coverslip recipe new saganet --out mine.yaml
            """
        )
        {
            Method,
            Output,
        };
        command.SetAction(parsed => Write(parsed, RecipeTemplate.Of(KindOfMethod(parsed.GetValue(Method)!))));
        return command;
    }

    private static Command Schema()
    {
        var command = new Command(
            "schema",
            """
            Write a JSON schema (draft 2020-12) of recipes, by which editors complete keys and mark what is wrong.

            Examples:
              coverslip recipe schema --out recipe.schema.json
              coverslip recipe schema tumor-detection
            The first line of a recipe then reads  # yaml-language-server: $schema=recipe.schema.json
            """
        )
        {
            Kind,
            Output,
        };
        command.SetAction(parsed =>
        {
            var kinds = parsed.GetValue(Kind) is { } name ? [KindOf(name)] : RecipeKinds.Of(Known.Methods);
            var json = new JsonSerializerOptions
            {
                WriteIndented = true,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            };
            return Write(parsed, RecipeSchema.Of(kinds).ToJsonString(json) + "\n");
        });
        return command;
    }

    private static Command Docs()
    {
        var command = new Command(
            "docs",
            """
            Write the tables of keys in a page of the documentation anew.

            Example:
              coverslip recipe docs docs/recipes.md
            """
        )
        {
            Page,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(Page)!.FullName;
            WholeFile.Write(path, RecipeTables.Fill(TextFile.Read(path), RecipeKinds.Of(Known.Methods)));
            return 0;
        });
        return command;
    }

    private static RecipeKind KindOfMethod(string name)
    {
        if (Known.Methods.All.All(m => m.Name != name) && RecipeKinds.Of(Known.Methods).Any(k => k.Name == name))
            throw new ArgumentException(
                $"'{name}' is no method but names recipes of methods, which has no defaults to write down: 'coverslip recipe "
                    + $"schema {name}' has its keys, 'coverslip recipes' lists those that come with the program, to copy from"
            );
        return KindOf(Known.Methods.Named(name).Name);
    }

    private static RecipeKind KindOf(string name)
    {
        var kinds = RecipeKinds.Of(Known.Methods);
        return kinds.FirstOrDefault(k => k.Name == name) ?? kinds.First(k => k.Name == Known.Methods.Named(name).Name);
    }

    private static int Write(ParseResult parsed, string text)
    {
        if (parsed.GetValue(Output) is { } path)
        {
            // A schema is ours whole; a recipe is what its user makes of it.
            if (parsed.CommandResult.Command.Name == "new")
                WholeFile.NeedNew(path);
            else
                NamedOutput.Check(Output.Name, path, OutputKind.Schema);
            WholeFile.Write(path, text);
        }
        else
            Console.Write(text);
        return 0;
    }
}
