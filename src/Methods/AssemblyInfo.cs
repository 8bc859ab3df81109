[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Coverslip.Methods.Tests")]
