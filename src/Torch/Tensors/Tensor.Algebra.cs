namespace Coverslip.Torch;

public sealed partial class Tensor
{
    private static readonly Operator CholeskyOp = new("aten::linalg_cholesky"),
        SolveTriangularOp = new("aten::linalg_solve_triangular");

    /// <summary>Lower triangular L with L · Lᵀ = this, a symmetric positive definite matrix.</summary>
    public Tensor Cholesky() => CholeskyOp.Call(this);

    /// <summary>X with this · X = <paramref name="right"/>, where this is a triangular matrix.</summary>
    public Tensor SolveTriangular(Tensor right, bool upper) => SolveTriangularOp.Call(this, right, upper);
}
