using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Tests.Toy;

/// <summary>Tells classes apart by the mean value of their pixels.</summary>
internal sealed record ToyRecipe : IRecipe
{
    public long Seed { get; init; } = 1;

    public required InputOptions Input { get; init; }

    public required SplitOptions Split { get; init; }

    public required DecisionOptions Decision { get; init; }

    /// <summary>How far apart two values tell their classes apart with certainty.</summary>
    public required double Spread { get; init; }

    public IModel Untrained(int classes, Torch.Device device) => new ToyModel(classes, Spread);

    internal static ToyRecipe Read(RecipeNode node) =>
        new()
        {
            Input = InputOptions.Read(node.Section("input"), new InputOptions { Form = InputForm.Raw }),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Spread = node.Number("spread", 10, (0.1, 255), "a number"),
        };
}
