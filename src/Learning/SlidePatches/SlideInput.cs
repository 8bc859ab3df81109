using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.SlidePatches;

/// <summary>The section <c>input</c> of methods that look at windows of slides.</summary>
public static class SlideInput
{
    /// <summary>Windows of a side in pixels; slides whose stain cannot be measured are kept.</summary>
    public static InputOptions Standard(int side) =>
        new()
        {
            Form = InputForm.Raw,
            Height = side,
            Width = side,
            StainRefused = RefusedStain.Keep,
        };

    /// <summary>Reads it, and refuses what windows of slides do not have.</summary>
    /// <exception cref="RecipeException">Masks, gray, or a window that is not square.</exception>
    public static InputOptions Read(RecipeNode node, InputOptions standard)
    {
        var input = InputOptions.Read(node, standard);
        if (input.Form != InputForm.Raw)
            throw node.Wrong("form", Words.Kebab(input.Form.ToString()), "slides have no masks; expected is raw");
        if (input.Gray)
            throw node.Wrong("gray", "true", "slides are in color; expected is false");
        return input.Height == input.Width
            ? input
            : throw node.Wrong(
                "height",
                $"{input.Height}",
                $"windows of slides are square; input.width is {input.Width}"
            );
    }
}
