using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Coverslip.Learning.Tests")]
[assembly: InternalsVisibleTo("Coverslip.Methods.Tests")]
[assembly: InternalsVisibleTo("Coverslip.App.Tests")]
[assembly: InternalsVisibleTo("Coverslip.Bench")]
